/** The forms of the actions view by group, narrowed to what is sought. */
import type { ActionForm } from "./action-fields.js";

export interface FormGroup {
  readonly title: string;
  readonly forms: readonly ActionForm[];
}

/** Groups in the order in which they first come; every word of `sought` is in a form's title, purpose or group. */
export function groupForms(forms: readonly ActionForm[], sought: string): readonly FormGroup[] {
  const words = sought
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = forms.filter(({ title, purpose, group }) => {
    const text = `${group} ${title} ${purpose}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const titles = [...new Set(found.map(({ group }) => group))];
  return titles.map((title) => ({ title, forms: found.filter(({ group }) => group === title) }));
}
