"""What is printed: PDF files, set by Typst in a child process.

    document = Document(_("Access request"), language="de")
    document.section(_("Facts")).facts([(_("Name"), "Anna Kern"), …])
    document.section(_("Orders")).table([_("Day"), _("Sum")], rows)
    render(REPORT, document.data, target)

`Document` needs no template of its own; whoever places things to the millimetre brings one: a
`.typ` file beside its code, which reads `data.json`. Texts are data there, never markup, so nobody
can write a program into a name. `Rendering` is the same without waiting, for the worker's turns.
No web process renders: they ask for a job.
"""

from kundenkreis.kernel.printing.document import REPORT, Document, Part
from kundenkreis.kernel.printing.rendering import JOIN, Rendering, render

__all__ = ["JOIN", "REPORT", "Document", "Part", "Rendering", "render"]
