package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;

class FaultsTest {
  @ParameterizedTest
  @CsvSource({
    "ThrottlingException, 400, Throttled, Throttled, Throttled",
    "ProvisionedThroughputExceededException, 400, Throttled, Throttled, Throttled",
    "LimitExceededException, 400, Throttled, Throttled, Throttled",
    "RequestLimitExceeded, 400, Throttled, Throttled, Throttled",
    "InternalServerError, 500, Transient, Transient, Transient",
    "ServiceUnavailable, 503, Transient, Transient, Transient",
    "WhateverElse, 502, Transient, Transient, Transient",
    "ResourceInUseException, 400, Transient, Transient, Transient",
    "ReplicatedWriteConflictException, 400, Transient, Transient, Transient",
    "RequestTimeTooSkewed, 403, Transient, Transient, Transient",
    "RequestExpired, 400, Transient, Transient, Transient",
    "UnrecognizedClientException, 400, Fatal, Fatal, Fatal",
    "InvalidSignatureException, 400, Fatal, Fatal, Fatal",
    "IncompleteSignatureException, 400, Fatal, Fatal, Fatal",
    "MissingAuthenticationTokenException, 400, Fatal, Fatal, Fatal",
    "ExpiredTokenException, 400, Fatal, Fatal, Fatal",
    "AccessDeniedException, 400, TableFailed, TableFailed, Fatal",
    "ValidationException, 400, TableFailed, TableFailed, Fatal",
    "ResourceNotFoundException, 400, TableGone, Unknown, Fatal",
    "TableNotFoundException, 400, TableGone, Unknown, Fatal",
    "WhateverElse, 400, Unknown, Unknown, Unknown",
    "WhateverElse, 403, Unknown, Unknown, Unknown",
    "WhateverElse, 407, Unknown, Unknown, Unknown"
  })
  void theErrorCodeDecides(
      String code, int status, String ofTable, String ofTargetTable, String ofService) {
    SdkException answer = answer(code, status, "because");

    assertEquals(ofTable, Faults.ofTable("do it", answer).getClass().getSimpleName());
    assertEquals(ofTargetTable, Faults.ofTargetTable("do it", answer).getClass().getSimpleName());
    assertEquals(ofService, Faults.ofService("do it", answer).getClass().getSimpleName());
    assertEquals(
        "cannot do it: " + code + " (because)", Faults.ofTable("do it", answer).getMessage());
  }

  @Test
  void anAnswerWithoutCodeIsNotFinal() {
    Fault fault =
        Faults.ofTable("scan", DynamoDbException.builder().statusCode(403).message("x").build());

    assertInstanceOf(Fault.Unknown.class, fault);
    assertEquals("cannot scan: status 403", fault.getMessage());
  }

  @Test
  void aMessageIsOneLineAndHasAnEnd() {
    String signed = "The signature does not match.\n\nThe Canonical String was\nPOST\nsecret";

    String first =
        Faults.ofTable("x", answer("InvalidSignatureException", 400, signed)).getMessage();
    String longer = Faults.ofTable("x", answer("Any", 400, "y".repeat(5000))).getMessage();

    assertEquals("cannot x: InvalidSignatureException (The signature does not match.)", first);
    assertTrue(longer.length() < 400);
  }

  @Test
  void aBrokenConnectionMayPass() {
    Fault fault =
        Faults.ofTable(
            "scan",
            SdkClientException.create(
                "Unable to execute HTTP request", new SocketTimeoutException("Read timed out")));

    assertInstanceOf(Fault.Transient.class, fault);
    assertEquals("cannot scan: Read timed out", fault.getMessage());
    assertInstanceOf(
        Fault.Transient.class,
        Faults.ofService("x", SdkClientException.create("reset", new IOException())));
    assertInstanceOf(
        Fault.Transient.class, Faults.ofTable("x", ApiCallAttemptTimeoutException.create(10)));
  }

  @Test
  void anInterruptIsKept() {
    Fault fault = Faults.ofTable("x", AbortedException.create("Thread was interrupted"));

    assertTrue(Thread.interrupted());
    assertInstanceOf(Fault.Transient.class, fault);
  }

  @Test
  void aChainOfTheSdkWithoutCredentialsIsFatalAndOnOneLine() {
    String message = "Unable to load credentials from any of the providers:\n  a: no\n  b: no\n";
    Fault fault = Faults.ofService("list", SdkClientException.create(message));

    assertInstanceOf(Fault.Fatal.class, fault);
    assertEquals(
        "cannot list: no AWS credentials found: Unable to load credentials from any of the"
            + " providers: a: no b: no",
        fault.getMessage());
  }

  private static SdkException answer(String code, int status, String message) {
    return DynamoDbException.builder()
        .statusCode(status)
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
        .build();
  }
}
