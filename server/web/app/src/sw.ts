const precache = JSON.parse('__PRECACHE__') as { version: string; files: string[] };
console.info(precache.version);
export {};
