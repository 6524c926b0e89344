/** How long single steps take, by JMH. */
package io.nimoshake.bench.micro;
