/**
 * What every implementation of a port must do, as tests to extend: give the suite a place to work
 * in and a way to look at it, and run it.
 */
package io.nimoshake.testkit.conformance;
