// Runs in the ballot's page: shows one case after the other, keeps the votes in this browser, and hands them out as a file.
const ballot = JSON.parse(document.getElementById('ballot').textContent);
const find = (id) => document.getElementById(id);
const KEY = `easel-ballot-${ballot.id}`;
/** A browser that a program drives says so; its votes are no person's. */
const source = navigator.webdriver ? 'simulated' : 'person';

const state = restore() ?? { voter: crypto.randomUUID?.() ?? String(Math.random()), votes: {} };
let index = firstOpen();

find('source').textContent =
  source === 'person'
    ? 'Votes that a program makes are marked as simulated and are never reported as those of people.'
    : 'This browser is driven by a program: its votes are marked as simulated and are never reported as those of people.';
find('tie').addEventListener('click', () => vote('tie'));
find('back').addEventListener('click', () => go(index - 1));
find('review').addEventListener('click', () => go(ballot.cases.length - 1));
find('download').addEventListener('click', download);
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const letter = event.key.toUpperCase();
  if (event.key === 'ArrowLeft') return go(index - 1);
  if (index >= ballot.cases.length) return;
  if (event.key === '0') return vote('tie');
  if (ballot.cases[index].outputs.some((output) => output.letter === letter)) vote(letter);
});
show();

function show() {
  const isEnd = index >= ballot.cases.length;
  find('case').hidden = isEnd;
  find('end').hidden = !isEnd;
  const voted = Object.keys(state.votes).length;
  find('bar').value = voted / ballot.cases.length;
  find('progress').textContent = isEnd
    ? `${voted} of ${ballot.cases.length}`
    : `${index + 1} of ${ballot.cases.length}`;
  if (isEnd) {
    find('summary').textContent = `You voted on ${voted} of ${ballot.cases.length} requests.`;
    return;
  }
  const one = ballot.cases[index];
  const chosen = state.votes[one.id];
  find('request').textContent = one.text;
  find('inputs').replaceChildren(...one.inputs.map((url, k) => figure(url, `Image ${k + 1}`)));
  find('outputs').style.setProperty('--count', one.outputs.length);
  find('outputs').dataset.count = one.outputs.length;
  find('outputs').replaceChildren(...one.outputs.map((output) => choice(output, chosen === output.letter)));
  find('tie').setAttribute('aria-pressed', String(chosen === 'tie'));
  find('back').disabled = index === 0;
}

function vote(choice) {
  state.votes[ballot.cases[index].id] = choice;
  keep();
  go(index + 1);
}

function go(to) {
  if (to < 0 || to > ballot.cases.length) return;
  index = to;
  show();
  (index < ballot.cases.length ? find('request') : find('end').querySelector('h2')).focus({ preventScroll: true });
  scrollTo(0, 0);
}

function figure(url, caption) {
  const element = document.createElement('figure');
  const label = document.createElement('figcaption');
  label.textContent = caption;
  element.append(picture(url, caption), label);
  return element;
}

function choice({ letter, url }, isChosen) {
  const button = document.createElement('button');
  const label = document.createElement('strong');
  label.textContent = `${letter} is better`;
  button.type = 'button';
  button.setAttribute('aria-pressed', String(isChosen));
  button.append(url === null ? nothing() : picture(url, `Result ${letter}`), label);
  button.addEventListener('click', () => vote(letter));
  return button;
}

function picture(url, alt) {
  const image = document.createElement('img');
  image.src = url;
  image.alt = alt;
  return image;
}

function nothing() {
  const element = document.createElement('div');
  element.className = 'nothing';
  element.textContent = 'No picture was made';
  return element;
}

function download() {
  const votes = Object.entries(state.votes).map(([id, choice]) => ({ case: id, choice }));
  const file = { ballot: ballot.id, source, voter: state.voter, votes };
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: 'application/json' }));
  link.download = `votes-${ballot.id}-${state.voter.slice(0, 8)}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function firstOpen() {
  const open = ballot.cases.findIndex((one) => state.votes[one.id] === undefined);
  return open === -1 ? ballot.cases.length : open;
}

/** Storage may be forbidden to a page from a file: then the votes live as long as the page. */
function restore() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

function keep() {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch {
    // See restore.
  }
}
