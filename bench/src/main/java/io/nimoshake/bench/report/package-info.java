/** Writes the results as Markdown and as pictures. */
package io.nimoshake.bench.report;
