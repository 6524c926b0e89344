package io.nimoshake.setup.config;

/** What keys with a choice of words can be, where no other module has a type for it. */
public final class Choices {
  private Choices() {}

  /** {@code target.type}. */
  public enum TargetType {
    MONGODB,
    /** A proxy that speaks DynamoDB, as the Go tool's name for it. */
    ALIYUN_DYNAMO_PROXY,
    /** DynamoDB itself or anything that speaks it. */
    DYNAMODB;

    /** Whether items go there as they came. */
    public boolean speaksDynamo() {
      return this != MONGODB;
    }
  }

  /** {@code on_poison}. */
  public enum OnPoison {
    FAIL,
    DEAD_LETTER
  }

  /** {@code checkpoint.type}. */
  public enum CheckpointType {
    MONGODB,
    FILE
  }

  /** {@code log.level}. */
  public enum LogLevel {
    NONE,
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  /** {@code log.format}. */
  public enum LogFormat {
    TEXT,
    JSON
  }
}
