// What the terminal's bench does and measures inside the page: keys as a scanner or a person sends them, and clocks
// around what the app makes of them. It runs before the app and touches nothing of it. Times are milliseconds.
(() => {
  const CART = 'aside.cart ul';
  const FIELD = 'main.goods [role=search] input';
  const SETTLED_MS = 20_000;
  const SENT_MS = 300_000;
  const BETWEEN_KEYS_MS = 2;
  const writes = [];
  const now = () => performance.now();
  const pause = (ms = 0) => new Promise((done) => setTimeout(done, ms));

  /** Every strict write of a sale: from the transaction's begin until it is complete on disk. */
  const begin = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (stores, mode, options) {
    const begun = now();
    const transaction = begin.call(this, stores, mode, options);
    if (mode === 'readwrite' && [].concat(stores).includes('sales') && transaction.durability === 'strict') {
      transaction.addEventListener('complete', () => writes.push(now() - begun));
    }
    return transaction;
  };

  function press(key, code, at = now()) {
    const event = new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true });
    Object.defineProperty(event, 'timeStamp', { value: at });
    (document.activeElement ?? document.body).dispatchEvent(event);
  }

  /** When the condition holds, looked at after each change of the page. Effects run in microtasks, and so does this. */
  function seen(condition, root = document) {
    if (condition()) return Promise.resolve(now());
    return new Promise((done, failed) => {
      const late = setTimeout(() => (watch.disconnect(), failed(new Error(`never seen: ${condition}`))), SETTLED_MS);
      const watch = new MutationObserver(() => {
        if (!condition()) return;
        clearTimeout(late);
        watch.disconnect();
        done(now());
      });
      watch.observe(root, { childList: true, subtree: true, characterData: true, attributes: true });
    });
  }

  /** When the next frame has been laid out and painted. */
  const painted = () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(now());
        port2.postMessage(0);
      }),
    );

  /** Keys as a scanner sends them, by its own clock: a busy machine makes no pauses between them. */
  function burst(code) {
    let at = now();
    for (const figure of code) press(figure, `Digit${figure}`, (at += BETWEEN_KEYS_MS));
    press('Enter', 'Enter', at + BETWEEN_KEYS_MS);
  }

  /** One scan: until its line is in the cart, and until that is painted. */
  async function scan(code) {
    const cart = document.querySelector(CART);
    const before = cart.textContent;
    const begun = now();
    const line = seen(() => cart.textContent !== before, cart);
    burst(code);
    const work = (await line) - begun;
    return { work, painted: (await painted()) - begun };
  }

  async function scans(codes, rest_ms) {
    const all = [];
    for (const code of codes) {
      all.push(await scan(code));
      if (rest_ms) await pause(rest_ms);
    }
    return all;
  }

  /** Rings the codes and pays by card on one key: until the receipt is in the page. */
  async function sale(codes) {
    for (const code of codes) burst(code);
    await seen(() => document.querySelector(`${CART} > li:not(.empty)`) !== null);
    const begun = now();
    const receipt = seen(() => document.querySelector('.done article.paper') !== null);
    press('F9', 'F9');
    return (await receipt) - begun;
  }

  async function sales(baskets) {
    const shown = [];
    for (const codes of baskets) {
      shown.push(await sale(codes));
      await pause(); // The sale's own task ends before the next begins, as it does for a person.
    }
    return shown;
  }

  /** The search alone, letter by letter, as it would be typed. */
  function finds(words) {
    const all = [];
    for (const word of words) {
      for (let end = 1; end <= word.length; end++) {
        const begun = now();
        aisales.find(word.slice(0, end));
        all.push(now() - begun);
      }
    }
    return all;
  }

  /** Letter by letter into the field: until the tiles are in the page. A letter that changes no tile counts as well. */
  async function typed(words) {
    const all = [];
    const field = document.querySelector(FIELD);
    for (const word of words) {
      for (let end = 0; end <= word.length; end++) {
        field.value = word.slice(0, end);
        const begun = now();
        field.dispatchEvent(new InputEvent('input', { bubbles: true }));
        await Promise.resolve().then(() => undefined); // The app's own microtasks came before.
        if (end) all.push(now() - begun);
        await painted();
      }
    }
    return all;
  }

  /** From the page's begin until people stand on the sign-in screen, or until a scan becomes a line. */
  const pad = () => seen(() => document.querySelector('ul button .letters') !== null);
  async function line(code) {
    const field = await seen(() => document.querySelector(FIELD) !== null);
    const done = seen(() => document.querySelector(`${CART} > li:not(.empty)`) !== null);
    burst(code);
    return { field, line: await done };
  }

  /** Until nothing waits to be sent, so that what is held then is what stays. */
  async function sent() {
    const answer = (request) => new Promise((done, failed) => ((request.onsuccess = () => done(request.result)), (request.onerror = failed)));
    const db = await answer(indexedDB.open('aisales'));
    const unsent = () => answer(db.transaction('outbox').objectStore('outbox').index('unsent').count());
    for (const until = now() + SENT_MS; (await unsent()) > 0; await pause(100)) if (now() > until) throw new Error('operations still wait');
    db.close();
  }

  globalThis.probe = { scans, sales, sent, finds, typed, pad, line, writes };
})();
