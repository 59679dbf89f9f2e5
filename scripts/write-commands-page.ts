/** Writes `docs/commands.md` from the command table. */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { allCommands } from '../src/commands/all-commands.ts';
import { renderCommandsPage } from '../src/commands/commands-page.ts';
import { createCommandTable } from '../src/commands/table.ts';

const page = renderCommandsPage(createCommandTable(allCommands));
writeFileSync(
  new URL('../docs/commands.md', import.meta.url),
  await format(page, { parser: 'markdown', printWidth: 120 }),
);
