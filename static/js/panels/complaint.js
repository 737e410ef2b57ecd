// What is wrong with a request, shown at the inputs that it is about.

import { one } from '../dom.js';
import { problemText } from '../live/api.js';
import { inputsOf } from './request.js';

/** @param {HTMLFormElement} form @param {import('../live/api.js').Problem} problem @returns {HTMLElement|undefined} the first wrong input */
export function complain(form, problem) {
  const wrong = (problem.errors ?? []).flatMap(({ field, message }) => {
    const input = inputFor(form, field);
    return input ? [{ input, message }] : [];
  });
  for (const { input, message } of wrong) {
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', `${form.id}-problem`);
    input.title = message;
  }
  const place = one(form, '[data-problem]');
  place.textContent = problemText(problem);
  place.id = `${form.id}-problem`;
  place.hidden = false;
  return wrong[0]?.input;
}

/** The input of a field that a problem names; "items" is shown at its first part. @param {HTMLFormElement} form @param {string} field */
const inputFor = (form, field) => inputsOf(form).find((input) => input.name === field || input.name?.startsWith(`${field}.`));
