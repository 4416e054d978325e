import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { generatedChartFiles, regenerate } from '../../helm/chart-files.ts';
import { chartSecrets } from '../../helm/chart-settings.ts';
import { chartValues } from '../../helm/chart-values.ts';
import { projectRoot } from './dockerfile.ts';

const read = (path: string) => readFileSync(new URL(path, projectRoot), 'utf8');

for (const [path, content] of generatedChartFiles()) {
  test(`${path} is what the settings generate`, () => {
    assert.equal(read(path), content, `run: ${regenerate}`);
  });
}

test('values.yaml has every value of the chart with a default that fits, and nothing else', () => {
  const { config, ...values } = z
    .looseObject({ config: z.strictObject({}) })
    .parse(parse(read('helm/poortwachter/values.yaml')));
  const schema = chartValues(chartSecrets());
  const result = schema.safeParse(values);
  assert.deepEqual(result.error?.issues ?? [], []);
  const wanted = Object.keys(schema.shape).filter((key) => key !== 'global');
  assert.deepEqual(Object.keys(values).toSorted(), wanted.toSorted());
  assert.deepEqual(config, {});
});

test('the chart is of the version that package.json has', () => {
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
  const chart = z.looseObject({ appVersion: z.string() }).parse(parse(read('helm/poortwachter/Chart.yaml')));
  assert.equal(chart.appVersion, version);
});
