/** What can be found out about a source without changing anything. */
package io.nimoshake.dynamodb.preview;
