/*
 * Says how easily a new password is guessed, while it is typed, and what would help. It only advises: the server judges by
 * its own rules. The estimator of @zxcvbn-ts stands before this in the same file (MIT licence); its lists are asked for
 * once the page is there. Nothing that is typed leaves the page.
 */
const { ZxcvbnFactory } = globalThis.zxcvbnts.core;

const PAUSE_MS = 250;
/* More tells nothing new, and takes time on every key. */
const LONGEST = 64;
const LEVELS = ['weak', 'fair', 'good', 'strong'];
/* Guesses, as powers of ten, from which a password is of the next level. */
const FROM = [6, 9, 12];

async function loadEstimator(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`lists: ${answer.status}`);
  const { lists, graphs } = await answer.json();
  const dictionary = Object.fromEntries(
    Object.entries(lists).map(([name, words]) => [name, words.split('\n')]),
  );
  return new ZxcvbnFactory({ dictionary, graphs });
}

/* Names, whole and in pieces. */
const piecesOf = (texts) =>
  texts
    .flatMap((text) => [text, ...text.split(/[^\p{L}\p{N}]+/u)])
    .map((text) => text.toLowerCase())
    .filter((text) => text.length > 2);

const WEAKNESSES = {
  date: 'date',
  regex: 'date',
  repeat: 'pattern',
  sequence: 'pattern',
  spatial: 'pattern',
};
const LISTS = { passwords: 'common', userInputs: 'own', trade: 'own', firstnames: 'name' };

/* What the longest piece that a guesser knows is. */
function weaknessOf(sequence) {
  const known = sequence.filter(({ pattern }) => pattern !== 'bruteforce');
  const [longest] = known.sort((a, b) => b.token.length - a.token.length);
  if (!longest) return 'longer';
  return WEAKNESSES[longest.pattern] ?? LISTS[longest.dictionaryName] ?? 'word';
}

/* Level from 0 to 3, and the name of a tip. */
function judge(estimator, own, typed) {
  const { guessesLog10, sequence } = estimator.check(typed.slice(0, LONGEST), own);
  const level = FROM.filter((least) => guessesLog10 >= least).length;
  return { level, tip: level < 2 ? weaknessOf(sequence) : undefined };
}

function enhance(field, meter, estimator) {
  const { own, least, texts } = JSON.parse(meter.dataset.strength);
  const words = piecesOf(own);
  const line = meter.querySelector('p');
  let timer;

  const show = (level, sentences) => {
    meter.dataset.level = level === undefined ? '' : String(level + 1);
    line.textContent = sentences.filter(Boolean).join(' ');
  };
  const look = () => {
    const typed = field.value.normalize('NFC');
    const missing = least - [...typed].length;
    if (typed === '') return show(undefined, []);
    if (missing > 0) {
      const short = missing === 1 ? texts.shortOne : texts.short.replace('{n}', String(missing));
      return show(0, [texts.weak, short]);
    }
    const { level, tip } = judge(estimator, words, typed);
    show(level, [texts[LEVELS[level]], texts[tip]]);
  };
  field.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE_MS);
  });
  meter.classList.add('ready');
  look();
}

const field = document.getElementById('password');
const meter = document.getElementById('password-strength');
if (field && meter) {
  const start = async () => enhance(field, meter, await loadEstimator(meter.dataset.lists));
  /* After everything that the page needs to be read; without the lists there is no advice. */
  const begin = () => start().catch(() => meter.remove());
  if (document.readyState === 'complete') begin();
  else addEventListener('load', begin);
}
