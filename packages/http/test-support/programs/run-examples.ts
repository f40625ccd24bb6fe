// Starts every example, each at a port of its own, in one process: they share the import of their libraries. Then starts each
// again without a secret. `node run-examples.ts <folder> <name>=<port> …` prints what the refused starts said, as JSON.
import { pathToFileURL } from 'node:url';

const [folder = '', ...places] = process.argv.slice(2);
const starts = places.map((place) => {
  const [name = '', port = ''] = place.split('=');
  return { name, port, main: `${pathToFileURL(folder)}/${name}/src/main.ts` };
});

for (const { port, main } of starts) {
  process.env['PORT'] = port;
  await import(main);
}

process.env['VIDEO_SECRET'] = '';
const refusals: Record<string, string> = {};
for (const { name, main } of starts) {
  try {
    // A query makes it another module, which is run again.
    await import(`${main}?without-secret`);
  } catch (error) {
    refusals[name] = error instanceof Error ? error.message : String(error);
  }
}
console.log(JSON.stringify(refusals));
