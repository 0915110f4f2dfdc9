/** Made by `vite/words.ts`. */
declare module 'virtual:words/*' {
  const words: Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>;
  export default words;
}
