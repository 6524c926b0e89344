/** Measures single steps with JMH. */
package io.nimoshake.bench.micro;
