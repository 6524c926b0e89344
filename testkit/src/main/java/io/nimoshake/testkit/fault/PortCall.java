package io.nimoshake.testkit.fault;

import java.util.List;

/**
 * A call of a port, as the conditions of a rule see it.
 *
 * @param name the method's
 * @param arguments the method's; for a {@code read}, those with which the reader was opened
 */
public record PortCall(String name, List<Object> arguments) implements NamedCall {}
