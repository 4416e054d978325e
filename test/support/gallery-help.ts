import { helpListPage, helpTopicPage } from '#interactions/help/help.view.ts';
import { helpTopics } from '#interactions/help/topics.ts';
import type { PageFrame } from '#interactions/views/page.ts';

type Drawn = (frame: PageFrame) => string;

const page = { backHref: '/interaction/abc', cameFrom: true, recoverHref: '/recover?from=abc' };

/** With manuals, for one whose help desk has them. */
function withManuals(frame: PageFrame): PageFrame {
  const { helpDesk } = frame.tenant;
  return {
    ...frame,
    tenant: { ...frame.tenant, helpDesk: { ...helpDesk, manuals: 'https://verzuim.example/manuals' } },
  };
}

/** Help, every question of it. */
export const helpPages: Readonly<Record<string, Drawn>> = {
  help: (frame) => helpListPage(withManuals(frame), page),
  'help-directly': (frame) =>
    helpListPage(frame, { ...page, backHref: 'https://verzuim.example/login', cameFrom: false }),
  ...Object.fromEntries(
    helpTopics.map((topic): [string, Drawn] => [
      `help-${topic}`,
      (frame) => helpTopicPage(frame, topic, page),
    ]),
  ),
};
