/** Quiet colours for Python: hue belongs to the series. The colours are variables of the page's theme. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { tags } from "@lezer/highlight";

const style = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword, tags.controlKeyword], class: "tok-keyword" },
  { tag: [tags.string, tags.special(tags.string)], class: "tok-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "tok-number" },
  { tag: [tags.comment, tags.docString], class: "tok-comment" },
  {
    tag: [
      tags.definition(tags.variableName),
      tags.function(tags.definition(tags.variableName)),
      tags.definition(tags.className),
    ],
    class: "tok-definition",
  },
  { tag: [tags.function(tags.variableName), tags.className], class: "tok-call" },
  { tag: [tags.meta, tags.annotation], class: "tok-meta" },
  { tag: [tags.operator, tags.punctuation, tags.bracket], class: "tok-punctuation" },
]);

export const highlighting = syntaxHighlighting(style);
