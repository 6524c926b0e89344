package io.nimoshake.app.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import io.nimoshake.setup.config.Choices.LogFormat;
import io.nimoshake.setup.config.Choices.LogLevel;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.ConfigurationException;
import io.nimoshake.setup.config.OperationKeys;
import io.nimoshake.setup.config.Redaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/** Configures the log. Lines are not buffered and contain no secrets. */
public final class Logging {
  private static final long FILE_BYTES = 100L << 20;
  private static final int FILES_KEPT = 20;

  /** Libraries whose messages below WARN do not help a user. */
  private static final String[] CHATTY = {"software.amazon.awssdk", "org.apache", "org.mongodb"};

  private Logging() {}

  /**
   * Starts the log as the configuration says.
   *
   * @throws ConfigurationException if the log file cannot be written
   */
  public static void start(Configuration configuration) throws ConfigurationException {
    Optional<Path> file = configuration.find(OperationKeys.LOG_FILE).map(Logging::file);
    if (file.isPresent()) {
      checkWritable(file.get());
    }
    boolean json = configuration.get(OperationKeys.LOG_FORMAT) == LogFormat.JSON;
    start(
        file,
        level(configuration.get(OperationKeys.LOG_LEVEL)),
        new LogEncoder(configuration.redaction(), json));
  }

  /** Logs warnings to standard error: for commands that print their own result. */
  public static void startQuiet() {
    LoggerContext context = reset();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setTarget("System.err");
    attach(context, appender, Level.WARN, new LogEncoder(Redaction.NOTHING_KNOWN, false));
  }

  /** Closes the log file. */
  public static void stop() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static void start(Optional<Path> file, Level level, LogEncoder encoder) {
    LoggerContext context = reset();
    attach(
        context,
        file.<OutputStreamAppender<ILoggingEvent>>map(path -> rolling(context, path))
            .orElseGet(ConsoleAppender::new),
        level,
        encoder);
  }

  private static LoggerContext reset() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    return context;
  }

  private static void attach(
      LoggerContext context,
      OutputStreamAppender<ILoggingEvent> appender,
      Level level,
      LogEncoder encoder) {
    encoder.setContext(context);
    encoder.start();
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(appender);
    for (String name : CHATTY) {
      context.getLogger(name).setLevel(level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN);
    }
  }

  private static RollingFileAppender<ILoggingEvent> rolling(LoggerContext context, Path file) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    FixedWindowRollingPolicy names = new FixedWindowRollingPolicy();
    names.setContext(context);
    names.setParent(appender);
    names.setFileNamePattern(file + ".%i");
    names.setMaxIndex(FILES_KEPT);
    names.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(new FileSize(FILE_BYTES));
    size.start();
    appender.setRollingPolicy(names);
    appender.setTriggeringPolicy(size);
    return appender;
  }

  /** A name without a slash comes from the Go tool, which puts its logs into a directory logs. */
  static Path file(String name) {
    return name.contains("/") ? Path.of(name) : Path.of("logs", name);
  }

  private static void checkWritable(Path file) throws ConfigurationException {
    try {
      Path directory = file.toAbsolutePath().getParent();
      Files.createDirectories(directory);
      if (Files.isDirectory(file) || !Files.isWritable(Files.exists(file) ? file : directory)) {
        throw new ConfigurationException("log.file: " + file + " cannot be written");
      }
    } catch (IOException e) {
      throw new ConfigurationException("log.file: " + file + " cannot be written: " + e);
    }
  }

  private static Level level(LogLevel level) {
    return switch (level) {
      case NONE -> Level.OFF;
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
    };
  }
}
