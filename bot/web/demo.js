// A plain page on the REST webhook, for trying Cybo out.
const TEXTS = {
  en: {
    intro: 'Cybo is an automated assistant for access to Filing and to the customs applications EMCS, NCTS and PLDA. Never send passwords, PIN codes or national register numbers.',
    label: 'Your question', send: 'Send', failed: 'Cybo cannot be reached. Please try again.',
  },
  fr: {
    intro: 'Cybo est un assistant automatisé pour l’accès à Filing et aux applications douanières EMCS, NCTS et PLDA. N’envoyez jamais de mot de passe, de code PIN ni de numéro de registre national.',
    label: 'Votre question', send: 'Envoyer', failed: 'Cybo est injoignable. Réessayez.',
  },
  nl: {
    intro: 'Cybo is een geautomatiseerde assistent voor de toegang tot Filing en tot de douanetoepassingen EMCS, NCTS en PLDA. Stuur nooit wachtwoorden, pincodes of rijksregisternummers.',
    label: 'Uw vraag', send: 'Versturen', failed: 'Cybo is niet bereikbaar. Probeer het opnieuw.',
  },
};
// Names this visit only: nothing is stored in the browser.
const sender = crypto.randomUUID ? crypto.randomUUID() : String(Math.random());
const log = document.querySelector('#log');
const input = document.querySelector('#message');
let language = 'nl';

function speak(chosen) {
  language = chosen;
  document.documentElement.lang = chosen;
  document.querySelector('#intro').textContent = TEXTS[chosen].intro;
  document.querySelector('#label').textContent = TEXTS[chosen].label;
  document.querySelector('#send').textContent = TEXTS[chosen].send;
  for (const button of document.querySelectorAll('[data-language]')) {
    button.setAttribute('aria-pressed', String(button.dataset.language === chosen));
  }
}

function bubble(text, { className = '', lang = language, buttons = [] } = {}) {
  const item = document.createElement('li');
  item.className = className;
  item.lang = lang;
  item.textContent = text;
  if (buttons.length) item.append(choices(buttons));
  log.append(item);
  // A tall answer is read from its beginning.
  const isTall = item.offsetHeight > innerHeight * 0.6;
  item.scrollIntoView({ block: isTall ? 'start' : 'nearest' });
}

function choices(buttons) {
  const group = document.createElement('div');
  group.className = 'choices';
  for (const { title, payload } of buttons) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = title;
    button.addEventListener('click', () => {
      for (const other of group.children) other.disabled = true;
      send(payload);
    });
    group.append(button);
  }
  return group;
}

async function send(message) {
  bubble(message, { className: 'user' });
  try {
    const response = await fetch('/webhooks/rest/webhook', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ sender, message, metadata: { language } }),
    });
    const body = await response.json();
    if (!response.ok) return bubble(body.error.message, { className: 'error' });
    for (const { text, buttons, custom } of body) bubble(text, { lang: custom.language, buttons });
    const spoken = body.at(-1)?.custom.language;
    if (spoken in TEXTS && spoken !== language) speak(spoken);
  } catch {
    bubble(TEXTS[language].failed, { className: 'error' });
  }
  input.focus();
}

document.querySelector('#form').addEventListener('submit', (event) => {
  event.preventDefault();
  const message = input.value.trim();
  input.value = '';
  if (message) send(message);
});
const REQUESTS = { en: 'In English', fr: 'En français', nl: 'In het Nederlands' };
for (const button of document.querySelectorAll('[data-language]')) {
  button.addEventListener('click', () => {
    const isOpen = log.children.length > 0;
    speak(button.dataset.language);
    if (isOpen) send(REQUESTS[button.dataset.language]);
  });
}
const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language.slice(0, 2);
speak(wanted in TEXTS ? wanted : 'nl');
input.focus();
