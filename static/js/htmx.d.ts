// What we use of htmx, which is loaded as a script of its own.
interface Window {
  htmx?: { process(part: Element): void };
}
