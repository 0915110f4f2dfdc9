/** The till's tones, made on the spot: no file has to load before an error can be heard. */
import { settings } from '../../state/settings.svelte.ts';

interface Tone {
  hz: number;
  from_s: number;
  for_s: number;
}

const VOLUME = 0.14;
const FADE_S = 0.01;
const OK: Tone[] = [{ hz: 1_320, from_s: 0, for_s: 0.06 }];
const ERROR: Tone[] = [
  { hz: 330, from_s: 0, for_s: 0.16 },
  { hz: 220, from_s: 0.18, for_s: 0.22 },
];
const DONE: Tone[] = [
  { hz: 880, from_s: 0, for_s: 0.08 },
  { hz: 1_320, from_s: 0.09, for_s: 0.12 },
];

let context: AudioContext | null = null;

export const soundOk = (): void => play(OK);
export const soundError = (): void => play(ERROR);
export const soundDone = (): void => play(DONE);

function play(tones: readonly Tone[]): void {
  if (!settings.sound || typeof AudioContext === 'undefined') return;
  context ??= new AudioContext();
  if (context.state === 'suspended') void context.resume().catch(() => undefined); // Allowed only after the first touch.
  const audio = context;
  setTimeout(() => tones.forEach((tone) => ring(audio, tone))); // First the line, then its tone: a frame apart nobody hears.
}

function ring(audio: AudioContext, { hz, from_s, for_s }: Tone): void {
  const begin = audio.currentTime + from_s;
  const gain = new GainNode(audio, { gain: 0 });
  const oscillator = new OscillatorNode(audio, { type: 'triangle', frequency: hz });
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(VOLUME, begin + FADE_S);
  gain.gain.setValueAtTime(VOLUME, begin + for_s - FADE_S);
  gain.gain.linearRampToValueAtTime(0, begin + for_s);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(begin);
  oscillator.stop(begin + for_s);
}
