/**
 * The rules a second time, slow and obvious, on whole documents. {@code check} compares with it,
 * and the tests of {@link io.nimoshake.mapping.bytes} do: it shares no code with that package.
 */
package io.nimoshake.mapping.plain;
