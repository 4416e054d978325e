import { Option } from 'commander';

function collect(value: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), value];
}

/** A role of a person that is added; may be repeated. */
export function roleOption(): Option {
  return new Option('--role <role>', 'role in the application; may be repeated').argParser(collect);
}
