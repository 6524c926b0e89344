/**
 * Trouble on the way to real servers: proxies that reset, cut, delay and lie, scripted or drawn
 * from a seed, and that count what they did by kind.
 */
package io.nimoshake.testkit.fault;
