package io.nimoshake.flink;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** What the sync's own code logs in this process, from now until it is closed. */
public final class CapturedLog implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("io.nimoshake");
  private final StringBuffer text = new StringBuffer();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          text.append(event.getLevel()).append(' ').append(event.getFormattedMessage());
          text.append('\n');
        }
      };

  public CapturedLog() {
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
  }

  public String text() {
    return text.toString();
  }

  @Override
  public void close() {
    logger.detachAppender(appender);
  }
}
