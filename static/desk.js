// Django writes the admin's <html>: what the site's own pages carry on theirs is put there before anything is drawn.
"use strict";

Object.assign(document.documentElement.dataset, document.currentScript.dataset);
