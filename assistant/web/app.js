// What the parts of the page do in the browser. A widget calls the function of its name when it is
// loaded: `element` is its own, `trigger` sends an event to Python, `watch` tells of a new value.

// Choosing by mouse, Enter or Space; the arrow keys go from one to the next.
function pickable(element, trigger, watch) {
  const send = (at) => trigger('pick', {id: at.dataset.pick});
  element.addEventListener('click', (e) => {
    const at = e.target.closest('[data-pick], [data-remove]');
    if (at?.dataset.remove) trigger('remove', {id: at.dataset.remove});
    else if (at) send(at);
  });
  element.addEventListener('keydown', (e) => {
    const at = e.target.closest('[data-pick]');
    if (!at || e.target.closest('[data-remove]')) return;
    if (e.key === 'Enter' || e.key === ' ') { e.preventDefault(); send(at); }
    const step = {ArrowDown: 1, ArrowUp: -1}[e.key];
    if (!step) return;
    e.preventDefault();
    const all = [...element.querySelectorAll('[data-pick]')];
    all[all.indexOf(at) + step]?.focus();
  });
  // What is chosen comes into view within its own list; the page stays where it is.
  const reveal = () => {
    const at = element.querySelector('.chosen');
    let box = at?.parentElement;
    const scrolls = (b) => b.scrollHeight > b.clientHeight + 1
      && ['auto', 'scroll'].includes(getComputedStyle(b).overflowY);
    while (box && box !== document.body && !scrolls(box)) box = box.parentElement;
    if (!box || box === document.body) return;
    const gap = at.getBoundingClientRect().top - box.getBoundingClientRect().top;
    const seen = gap > 30 && gap + at.offsetHeight < box.clientHeight;
    if (!seen) box.scrollTop += gap - box.clientHeight / 3;
  };
  const soon = () => setTimeout(reveal, 300);  // when it is drawn
  watch('value', soon);
  soon();
}

// N and A work wherever no text is being typed. A record that was just chosen comes into view.
function heading(element, trigger, watch) {
  let name = '';
  watch('value', () => {
    const now = element.querySelector('h2')?.textContent ?? '';
    const bring = () => element.closest('.whole').scrollIntoView({behavior: 'smooth'});
    if (now && now !== name) setTimeout(bring, 300);  // when the rest of it is drawn
    name = now;
  });
  document.addEventListener('keydown', (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || element.offsetParent === null) return;
    if (e.target.closest('input, textarea, select')) return;
    const button = {n: 'next-open', a: 'accept-cell'}[e.key];
    if (button) document.getElementById(button)?.click();
  });
}

// Where the page is not served securely, browsers give no clipboard; a selection still copies.
function conversation(element, trigger, watch) {
  const copy = async (text) => {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  };
  let judged = '';
  const rate = (turn, verdict, reason) => {
    judged = reason ? '' : turn;
    trigger('rate', {id: turn, verdict: verdict, reason: reason});
  };
  const explain = (turn) => {
    const line = element.querySelector(`input.reason[data-turn="${turn}"]`);
    if (line) rate(turn, line.dataset.verdict, line.value);
  };
  element.addEventListener('click', (e) => {
    const at = e.target.closest('button');
    if (!at) return;
    const says = at.dataset;
    if (says.cite) trigger('cite', {id: says.cite});
    if (says.ask) trigger('ask', {id: says.ask});
    if (says.list) trigger('list', {id: says.list});
    if (says.rate) rate(says.turn, says.rate, '');
    if (says.why) explain(says.why);
    if (says.copy) copy(says.copy).then(() => { at.textContent = says.done; });
    if (says.edit) {
      trigger('edit', {id: says.edit});
      document.querySelector('#question textarea')?.focus();
    }
  });
  element.addEventListener('keydown', (e) => {
    const line = e.target.closest('input.reason');
    if (line && e.key === 'Enter') explain(line.dataset.turn);
  });
  let shown = '', at = 0;
  element.addEventListener('scroll', (e) => {
    if (e.target.classList?.contains('thread')) at = e.target.scrollTop;
  }, true);
  watch('value', () => {
    const thread = element.querySelector('.thread');
    const all = element.querySelectorAll('.question');
    const now = `${all.length} ${element.querySelectorAll('.waiting').length}`;
    // A new question or answer comes to the top; what else changes leaves the place.
    if (thread) thread.scrollTop = now === shown ? at : all[all.length - 1].offsetTop;
    shown = now;
    if (judged) element.querySelector(`input.reason[data-turn="${judged}"]`)?.focus();
    judged = '';
  });
}

// A file that was made for this page alone is taken at once.
function download(element, trigger, watch) {
  watch('value', () => element.querySelector('a')?.click());
}

// The marked place in the upper third of what is seen of the page; a click goes nearer or back.
function pageImage(element, trigger, watch) {
  let near = false;
  const show = () => {
    const sheet = element.querySelector('.sheet'), mark = element.querySelector('.mark');
    sheet.classList.toggle('near', near);
    sheet.scrollTop = mark ? mark.offsetTop - sheet.clientHeight / 3 : 0;
    sheet.scrollLeft = mark ? mark.offsetLeft + mark.offsetWidth / 2 - sheet.clientWidth / 2 : 0;
  };
  watch('value', () => element.querySelector('img')?.decode().then(show));
  element.addEventListener('click', (e) => {
    if (e.target.closest('.sheet')) { near = !near; show(); }
  });
}
