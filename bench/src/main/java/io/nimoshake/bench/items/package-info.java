/** What is copied and decoded when something is measured. */
package io.nimoshake.bench.items;
