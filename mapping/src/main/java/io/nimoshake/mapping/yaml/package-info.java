/** Reads a mapping file, checks it as a whole, and names every problem with its line and column. */
package io.nimoshake.mapping.yaml;
