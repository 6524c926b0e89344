/**
 * Real servers for tests and for the demo, each in a child JVM with a class path of its own, so
 * that none of their libraries meets ours. Relies on nothing but the JDK.
 */
package io.nimoshake.testkit.server;
