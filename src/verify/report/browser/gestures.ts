/** Mouse, wheel and touch as panning, zooming, pointing and clicking; one finger pans, two zoom. */

export interface GestureHandler {
  pan(pixelsX: number, pixelsY: number): void;
  zoom(factor: number, x: number): void;
  click(x: number, y: number): void;
  /** `undefined`: nothing is pointed at any more. */
  hover(at: { readonly x: number; readonly y: number } | undefined): void;
}

/** A hand is not steady: so many pixels are no movement yet. */
const clickTolerance = 4;
/** What a notch of a wheel is in pixels, where it is told in lines or in pages. */
const pixelsPerLine = 30;
const pixelsPerPage = 300;

interface Contact {
  x: number;
  y: number;
}

export function attachGestures(target: HTMLElement, handler: GestureHandler): void {
  target.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      wheel(event, handler);
    },
    { passive: false },
  );
  const contacts = new Map<number, Contact>();
  let moved = 0;
  target.addEventListener('pointerdown', (event) => {
    if (contacts.size === 0) moved = 0;
    contacts.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    target.setPointerCapture(event.pointerId);
  });
  target.addEventListener('pointermove', (event) => {
    const contact = contacts.get(event.pointerId);
    if (contact === undefined) {
      handler.hover({ x: event.offsetX, y: event.offsetY });
      return;
    }
    const [byX, byY] = [event.offsetX - contact.x, event.offsetY - contact.y];
    moved += Math.abs(byX) + Math.abs(byY);
    if (moved < clickTolerance) return;
    move(contacts, contact, { x: event.offsetX, y: event.offsetY }, handler);
  });
  const end = (event: PointerEvent): void => {
    const contact = contacts.get(event.pointerId);
    contacts.delete(event.pointerId);
    if (contact === undefined || event.type === 'pointercancel' || moved >= clickTolerance) return;
    moved = clickTolerance;
    handler.click(event.offsetX, event.offsetY);
  };
  target.addEventListener('pointerup', end);
  target.addEventListener('pointercancel', end);
  target.addEventListener('pointerleave', () => {
    handler.hover(undefined);
  });
}

/** A wheel zooms; pushed sideways, or with Shift, it pans. */
function wheel(event: WheelEvent, handler: GestureHandler): void {
  const unit = [1, pixelsPerLine, pixelsPerPage][event.deltaMode] ?? 1;
  const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
  if (isSideways) handler.pan(event.deltaX * unit, 0);
  else if (event.shiftKey) handler.pan(event.deltaY * unit, 0);
  else if (event.altKey) handler.pan(0, event.deltaY * unit);
  else handler.zoom(Math.exp((-event.deltaY * unit) / 300), event.offsetX);
}

function move(contacts: ReadonlyMap<number, Contact>, contact: Contact, to: Contact, handler: GestureHandler): void {
  const other = [...contacts.values()].find((candidate) => candidate !== contact);
  if (other === undefined) {
    handler.pan(contact.x - to.x, contact.y - to.y);
  } else {
    const nearest = 10;
    const before = Math.max(nearest, Math.abs(contact.x - other.x));
    const after = Math.max(nearest, Math.abs(to.x - other.x));
    handler.zoom(after / before, other.x);
    handler.pan(0, (contact.y - to.y) / 2);
  }
  contact.x = to.x;
  contact.y = to.y;
}
