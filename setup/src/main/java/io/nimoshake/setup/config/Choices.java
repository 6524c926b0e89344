package io.nimoshake.setup.config;

/** The values of keys that take one of several words, if no other module has a type for them. */
public final class Choices {
  private Choices() {}

  /** {@code target.type}. */
  public enum TargetType {
    MONGODB,
    /** A proxy that speaks the DynamoDB protocol; the name comes from the Go tool. */
    ALIYUN_DYNAMO_PROXY,
    /** DynamoDB itself or any server that speaks its protocol. */
    DYNAMODB,
    /** Files in the layout of an export of DynamoDB. */
    FILE;

    /** Whether the target speaks the DynamoDB protocol. */
    public boolean speaksDynamo() {
      return this == ALIYUN_DYNAMO_PROXY || this == DYNAMODB;
    }

    /** Whether items become documents, which nothing but MongoDB has. */
    public boolean converts() {
      return this == MONGODB;
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
