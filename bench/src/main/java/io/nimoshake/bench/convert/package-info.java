/** How fast response bytes become documents, next to the ways it could be done otherwise. */
package io.nimoshake.bench.convert;
