/** Inspects a source without changing anything, for {@code plan}. */
package io.nimoshake.dynamodb.preview;
