/** What was measured, as Markdown and as pictures. */
package io.nimoshake.bench.report;
