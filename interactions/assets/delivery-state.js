/* News of a message under way: asked for every 5 seconds, for 2 minutes, until it is there or lost. */
const line = document.querySelector('[data-delivery]');

if (line instanceof HTMLElement) {
  let left = 24;
  const ask = async () => {
    left -= 1;
    const state = await fetch(line.dataset.delivery, { headers: { accept: 'application/json' } })
      .then((answer) => (answer.ok ? answer.json() : {}))
      .then((news) => news.state)
      .catch(() => undefined);
    const text = ['accepted', 'delivered', 'failed'].includes(state) ? line.dataset[state] : undefined;
    /* Said once, not at every look. */
    if (text && line.textContent !== text) line.textContent = text;
    if (left > 0 && state !== 'delivered' && state !== 'failed') setTimeout(ask, 5000);
  };
  setTimeout(ask, 5000);
}
