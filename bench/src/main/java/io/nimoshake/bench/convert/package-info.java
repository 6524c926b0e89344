/** Measures how fast the bytes of a response become documents, compared with other ways. */
package io.nimoshake.bench.convert;
