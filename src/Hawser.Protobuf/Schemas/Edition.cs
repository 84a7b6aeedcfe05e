namespace Hawser.Protobuf;

/// <summary>The rules a file is written by; the numbers are those of <c>google.protobuf.Edition</c>.</summary>
public enum Edition
{
    /// <summary><c>syntax = "proto2"</c>, or no syntax at all.</summary>
    Proto2 = 998,

    /// <summary><c>syntax = "proto3"</c>.</summary>
    Proto3 = 999,

    /// <summary><c>edition = "2023"</c>.</summary>
    Edition2023 = 1000,

    /// <summary><c>edition = "2024"</c>.</summary>
    Edition2024 = 1001,
}
