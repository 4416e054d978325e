import type { Visitor } from '../http/visitor.ts';
import { identityOf } from '../identity.ts';
import { CASES, DEPARTMENTS, TASKS, TREND } from '../sample-data.ts';
import { fill, type Language, type Words } from '../words/language.ts';
import { decimal } from './format.ts';
import { type Html, html } from './html.ts';
import { drawTaskList } from './tasks.ts';
import { drawTrend } from './trend.ts';

/** The first page after signing in; `panel` is "who am I", `now` in milliseconds since the epoch. */
export function drawOverview({ words, language, session }: Visitor, panel: Html, now: number): Html {
  const name = session === undefined ? '' : identityOf(session.signedIn).name;
  const today = TASKS.filter((task) => task.days <= 1);
  return html`<div class="heading"><h1>${words.overview.title}</h1><p class="soft">${fill(words.overview.welcome, { name })}</p></div>
<div class="split">
<section class="numbers" aria-label="${words.overview.numbers}">${numbers(words, language)}</section>
${panel}
<div class="stack">
<section class="card" aria-labelledby="files"><h2 id="files">${words.overview.files}</h2>${cases(words)}</section>
<section class="card" aria-labelledby="today"><h2 id="today">${words.overview.today}</h2>${drawTaskList(words, today)}</section>
<section class="card" aria-labelledby="trend"><h2 id="trend">${words.overview.trend}</h2>${drawTrend(words, language, now)}</section>
</div>
</div>`;
}

function numbers(words: Words, language: Language): Html[] {
  const people = DEPARTMENTS.reduce((sum, department) => sum + department.people, 0);
  const sick = DEPARTMENTS.reduce((sum, department) => sum + department.sick, 0);
  const [before = 0, now = 0] = TREND.slice(-2);
  const today = TASKS.filter((task) => task.days === 0).length;
  return [
    number(words.overview.sick, String(sick), fill(words.overview.sickOf, { count: people })),
    number(
      words.overview.rate,
      `${decimal(now, language)}%`,
      fill(words.overview.rateText, { before: decimal(before, language) }),
    ),
    number(words.overview.due, String(TASKS.length), fill(words.overview.dueText, { count: today })),
  ];
}

function number(label: string, value: string, remark: string): Html {
  return html`<div class="card number"><h2>${label}</h2><p class="soft">${remark}</p><p class="value">${value}</p></div>`;
}

function cases(words: Words): Html {
  const rows = CASES.map(
    ({ number, department, week, next }) => html`<tr>
<th scope="row">${fill(words.overview.employeeNumber, { number })}</th>
<td data-label="${words.overview.department}">${words.departments[department]}</td>
<td data-label="${words.overview.week}"><span class="week"><progress max="104" value="${week}" aria-label="${fill(words.overview.weekOf, { week })}"></progress>${week}</span></td>
<td data-label="${words.overview.next}">${words.steps[next]}</td>
</tr>`,
  );
  return html`<table class="folding">
<thead><tr><th scope="col">${words.overview.employee}</th><th scope="col">${words.overview.department}</th><th scope="col">${words.overview.week}</th><th scope="col">${words.overview.next}</th></tr></thead>
<tbody>${rows}</tbody>
</table>`;
}
