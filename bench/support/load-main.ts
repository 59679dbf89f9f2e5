/** Runs a load in this process and prints its result as JSON: `tsx load-main.ts '{"port":6379,…}'`. */
import { runLoad, type LoadOptions } from './load.ts';

const result = await runLoad(JSON.parse(process.argv[2] ?? '{}') as LoadOptions);
console.log(JSON.stringify(result));
process.exit(0);
