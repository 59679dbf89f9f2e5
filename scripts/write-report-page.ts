/** Writes `src/verify/report/generated-page.ts`. */
import { writeFileSync } from 'node:fs';
import { generatedPageFile, generatePageModule } from './report-page.ts';

writeFileSync(generatedPageFile, generatePageModule());
