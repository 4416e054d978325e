import { TASKS } from '../sample-data.ts';
import { fill, type Words } from '../words/language.ts';
import { type Html, html } from './html.ts';

/** What is to be done, soonest first. */
export function drawTasks(words: Words): Html {
  return html`<div class="heading"><h1>${words.tasks.title}</h1><p class="soft">${words.tasks.text}</p></div>
<section class="card">${drawTaskList(words, TASKS)}</section>`;
}

/** Tasks, each with when it is due. */
export function drawTaskList(words: Words, tasks: readonly (typeof TASKS)[number][]): Html {
  const items = tasks.map(
    ({ number, step, days }) => html`<li>
<span class="chip${days === 0 ? ' urgent' : ''}">${due(words, days)}</span>
<span><strong>${words.steps[step]}</strong><br><span class="soft">${fill(words.overview.employeeNumber, { number })}</span></span>
</li>`,
  );
  return html`<ul class="tasks">${items}</ul>`;
}

function due(words: Words, days: number): string {
  if (days === 0) return words.tasks.today;
  return days === 1 ? words.tasks.tomorrow : fill(words.tasks.later, { days });
}
