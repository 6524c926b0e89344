package io.nimoshake.app.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Keeps logback from searching for a configuration file, which takes time. Without a file it would
 * print everything. {@link Logging} configures it later.
 */
public final class InitialLogging extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    boolean inTests = getClass().getClassLoader().getResource("logback-test.xml") != null;
    return inTests ? ExecutionStatus.INVOKE_NEXT_IF_ANY : ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
