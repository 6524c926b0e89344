/**
 * Whether both sides say the same. Written without the conversion: an item is read by another JSON
 * parser, and by rules written down a second time, so that mistakes of the conversion show.
 */
package io.nimoshake.dynamodb.compare;
