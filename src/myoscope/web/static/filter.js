// A search field above every long checklist. Without this file the lists are simply long.
document.querySelectorAll(".checklist").forEach((list, number) => {
  const choices = [...list.querySelectorAll("[data-words]")];
  const field = document.createElement("input");
  const label = document.createElement("label");
  const count = document.createElement("p");
  field.type = "search";
  field.id = `filter-${number}`;
  field.className = "filter";
  label.htmlFor = field.id;
  label.textContent = list.dataset.filter;
  count.className = "quiet";
  count.setAttribute("role", "status");
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const choice of choices) {
      const ticked = choice.querySelector("input").checked;
      const fits = words.every((word) => choice.dataset.words.includes(word));
      choice.hidden = !(fits || ticked);
      shown += fits ? 1 : 0;
    }
    const ticked = choices.filter((choice) => choice.querySelector("input").checked).length;
    count.textContent = `${words.length ? `${shown} of ${choices.length} fit. ` : ""}${ticked} ticked.`;
  };
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  list.addEventListener("change", show);
  list.prepend(label, field, count);
  show();
});
document.getElementById("problems")?.focus();
