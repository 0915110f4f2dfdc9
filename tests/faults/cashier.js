/**
 * A cashier inside the page, as fast as the page allows: bursts of a scanner and keys, and nothing but what the screen shows.
 * `cashier.sell(count, codes, moment)` sells so many times and returns the numbers of the receipts that it saw. With a
 * moment it begins one sale more and returns in the middle of it: 'lines', 'payment' or 'validated'.
 */
window.cashier = (() => {
  const PATIENCE_MS = 60_000;
  const NUMBER = /[A-Z0-9.]+-\d{6}/;
  const seen = new Set();
  let sales = 0;

  function press(code, key = code, at_ms = performance.now()) {
    const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true });
    Object.defineProperty(event, 'timeStamp', { value: at_ms });
    (document.activeElement ?? document.body).dispatchEvent(event);
  }

  /** A burst at a scanner's own pace, told by the times of its keys, however busy the machine is. */
  function scan(code) {
    const began_ms = performance.now();
    [...code].forEach((figure, at) => press(`Digit${figure}`, figure, began_ms + 2 * at));
    press('Enter', 'Enter', began_ms + 2 * code.length);
  }

  /** Waits for something to be on the screen, without asking again and again. */
  function until(what, condition) {
    if (condition()) return Promise.resolve(condition());
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        observer.disconnect();
        reject(new Error(`waited for ${what}; on the screen: ${document.body.innerText.slice(0, 2000)}`));
      }, PATIENCE_MS);
      const observer = new MutationObserver(() => {
        const answer = condition();
        if (!answer) return;
        clearTimeout(late);
        observer.disconnect();
        resolve(answer);
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    });
  }

  const total = () => document.querySelector('dl .total dd')?.textContent;
  const dialog = () => document.querySelector('dialog[open]');
  const number = () => document.querySelector('section.done [role=status]')?.textContent.match(NUMBER)?.[0];
  const receipt = () => until('a new receipt', () => number() && !seen.has(number()) && number());

  async function ring(codes) {
    for (const code of codes) {
      const before = total();
      scan(code);
      await until(`${code} in the cart`, () => !number() && total() !== before);
    }
  }

  /** Three ways to be paid, one after the other: card on one key, cash on one key, the payment screen. */
  async function pay() {
    const way = sales % 3;
    if (way < 2) return press(way === 0 ? 'F9' : 'F10');
    press('F12');
    await until('the payment', dialog);
    press('F10');
  }

  async function sell(count, codes, moment = null) {
    const numbers = [];
    await until('the till', total);
    for (let sale = 0; sale < count; sale++, sales++) {
      await ring(codes.slice(sale % codes.length, (sale % codes.length) + 1 + (sale % 2)));
      await pay();
      const seenNow = await receipt();
      seen.add(seenNow);
      numbers.push(seenNow);
    }
    if (moment) await begin(codes, moment);
    return numbers;
  }

  async function begin(codes, moment) {
    await ring(codes.slice(0, 1));
    if (moment === 'lines') return codes.slice(1, 4).forEach(scan);
    await ring(codes.slice(1, 2));
    if (moment === 'payment') {
      press('F12');
      return until('the payment', dialog);
    }
    press(sales++ % 2 ? 'F9' : 'F10');
  }

  return { sell };
})();
