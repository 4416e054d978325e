import { writeFileSync } from 'node:fs';
import { generatedChartFiles } from './chart-files.ts';

for (const [path, content] of generatedChartFiles()) {
  writeFileSync(new URL(`../${path}`, import.meta.url), content);
}
