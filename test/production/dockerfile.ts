import { readFileSync } from 'node:fs';

/** Root of the project, as a folder's address. */
export const projectRoot = new URL('../../', import.meta.url);

/** One instruction of a Dockerfile: `{ name: 'COPY', words: ['src', './src'], flags: { from: 'x' } }`. */
export interface Instruction {
  name: string;
  /** What follows, without flags. */
  words: readonly string[];
  flags: Readonly<Record<string, string>>;
  text: string;
}

/** What lies between two FROMs, the FROM included. */
export type Stage = readonly Instruction[];

function instructionOf(line: string): Instruction {
  const [name = '', ...rest] = line.trim().split(/\s+/);
  const flags = rest.flatMap((word) => {
    const flag = /^--([a-z-]+)(?:=(.*))?$/.exec(word);
    return flag === null ? [] : [[flag[1] ?? '', flag[2] ?? ''] as const];
  });
  // A flag after the first word belongs to the program that RUN names, not to the instruction.
  const words = name === 'RUN' ? rest : rest.filter((word) => !word.startsWith('--'));
  return { name, words, flags: Object.fromEntries(flags), text: line.trim() };
}

/** The stages of a Dockerfile in their order; comments left out, continued lines joined. */
export function readStages(text: string): Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  const stages: Instruction[][] = [];
  for (const instruction of lines.map(instructionOf)) {
    if (instruction.name === 'FROM') stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages;
}

/** The project's own Dockerfile. */
export function ownDockerfile(): { text: string; stages: Stage[]; last: Stage } {
  const text = readFileSync(new URL('Dockerfile', projectRoot), 'utf8');
  const stages = readStages(text);
  return { text, stages, last: stages.at(-1) ?? [] };
}

/** What a stage copies from the project: paths from its root. */
export function copiedFromProject(stage: Stage): string[] {
  return stage
    .filter(({ name, flags }) => (name === 'COPY' || name === 'ADD') && flags.from === undefined)
    .flatMap(({ words }) => words.slice(0, -1));
}
