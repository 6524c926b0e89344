/** Sources, targets and checkpoint stores in memory, without chance and without faults. */
package io.nimoshake.testkit.memory;
