// What is wrong with a request, said at the inputs that are meant.

import { trouble } from '../live/api.js';

/** @param {HTMLFormElement} form @param {object} problem @returns {HTMLElement|undefined} the first input that is meant */
export function complain(form, problem) {
  const meant = (problem.errors ?? []).map(({ field, message }) => [inputFor(form, field), message]).filter(([input]) => input);
  for (const [input, message] of meant) {
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', `${form.id}-problem`);
    input.title = message;
  }
  const place = form.querySelector('[data-problem]');
  place.textContent = trouble(problem);
  place.id = `${form.id}-problem`;
  place.hidden = false;
  return meant[0]?.[0];
}

/** The input of a field that a problem names; "items" is told at its first part. */
const inputFor = (form, field) => [...form.elements].find((input) => input.name === field || input.name?.startsWith(`${field}.`));
