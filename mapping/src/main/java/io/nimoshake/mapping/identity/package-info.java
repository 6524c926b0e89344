/**
 * Proves, before anything is touched, that no two items get one document; where that cannot be
 * proved, it shows two keys that would.
 */
package io.nimoshake.mapping.identity;
