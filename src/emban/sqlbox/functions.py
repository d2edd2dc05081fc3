"""The functions that ad-hoc SQL may call, as data: whatever is not named here is refused.

Left out on purpose: what reads or writes outside of the statement (files, dictionaries, settings, other tables), what
tells of the server (versions, hosts, accounts, users, blocks, parts, serialisation), what gives another answer each
time (random values, generated ids), what only burns time (sleeping, key stretching, edit distances, hyperscan), what
decodes bytes into the engine's own states, and what is of use to the engine alone. tests/isolation/sqlbox holds the
list against the engine: every name exists there, and the few that it calls non-deterministic have a reason.
"""

from __future__ import annotations

from emban.sqlbox.words import words

_NUMBERS = """
    abs acos acosh asin asinh atan atan2 atanh avg2 bitAnd bitCount bitHammingDistance bitNot bitOr
    bitRotateLeft bitRotateRight bitShiftLeft bitShiftRight bitSlice bitTest bitTestAll bitTestAny bitXor cbrt
    ceil cos cosh degrees divide divideDecimal divideOrNull e erf erfc exp exp10 exp2 factorial floor gcd hypot
    ifNotFinite intDiv intDivOrNull intDivOrZero intExp10 intExp2 isFinite isInfinite isNaN isPrime
    isProbablePrime lcm lgamma log log10 log1p log2 max2 midpoint min2 minus modulo moduloOrNull moduloOrZero
    multiply multiplyDecimal negate pi plus positiveModulo positiveModuloOrNull pow radians round roundAge
    roundBankers roundDown roundDuration roundToExp2 sigmoid sign sin sinh sqr sqrt tan tanh tgamma trunc
    widthBucket
"""
_CONDITIONS = """
    and assumeNotNull caseWithExpression clamp coalesce equals exists firstNonDefault greater greaterOrEquals
    greatest if ifNull in isDistinctFrom isNotDistinctFrom isNotNull isNull isNullable isZeroOrNull least less
    lessOrEquals multiIf not notEquals notIn notNullIn nullIf nullIn or toNullable transform xor
"""
_ARRAYS = """
    array arrayAll arrayAvg arrayBottomK arrayCompact arrayConcat arrayCount arrayCumSum arrayCumSumNonNegative
    arrayDifference arrayDistinct arrayDotProduct arrayElement arrayElementOrNull arrayEnumerate
    arrayEnumerateDense arrayEnumerateDenseRanked arrayEnumerateUniq arrayEnumerateUniqRanked arrayExcept
    arrayExists arrayFill arrayFilter arrayFirst arrayFirstIndex arrayFirstOrNull arrayFlatten
    arrayFlattenedLength arrayFold arrayIntersect arrayJaccardIndex arrayJoin arrayLast arrayLastIndex
    arrayLastOrNull arrayMap arrayMax arrayMin arrayPopBack arrayPopFront arrayProduct arrayPushBack
    arrayPushFront arrayRemove arrayResize arrayReverse arrayReverseFill arrayReverseSort arrayReverseSplit
    arrayRotateLeft arrayRotateRight arrayShiftLeft arrayShiftRight arrayShingles arraySlice arraySort
    arraySplit arraySum arraySymmetricDifference arrayTopK arrayTranspose arrayUnion arrayUniq arrayWithConstant
    arrayZip arrayZipUnaligned countEqual empty has hasAll hasAny hasSubstr indexOf length notEmpty notHas range
    replicate reverse
"""
_TUPLES_AND_MAPS = """
    dotProduct extractKeyValuePairs extractKeyValuePairsWithEscaping lambda map mapAdd mapAll mapApply mapConcat
    mapContainsKey mapContainsKeyLike mapContainsValue mapContainsValueLike mapExists mapExtractKeyLike
    mapExtractValueLike mapFilter mapFromArrays mapKeys mapReverseSort mapSort mapSubtract mapUpdate mapValues
    tuple tupleConcat tupleDivide tupleDivideByNumber tupleElement tupleHammingDistance tupleIntDiv
    tupleIntDivByNumber tupleIntDivOrZero tupleIntDivOrZeroByNumber tupleMinus tupleModulo tupleModuloByNumber
    tupleMultiply tupleMultiplyByNumber tupleNegate tuplePlus tuplePositiveModuloByNumber
"""
_DATES = """
    addDate addDays addHours addInterval addMicroseconds addMilliseconds addMinutes addMonths addNanoseconds
    addQuarters addSeconds addTupleOfIntervals addWeeks addYears age changeDay changeHour changeMinute
    changeMonth changeSecond changeYear dateDiff dateName dateTrunc formatDateTime formatDateTimeInJodaSyntax
    fromDaysSinceYearZero fromDaysSinceYearZero32 fromModifiedJulianDay fromModifiedJulianDayOrNull
    fromUnixTimestamp fromUnixTimestampInJodaSyntax fromUTCTimestamp makeDate makeDate32 makeDateTime
    makeDateTime64 monthName now now64 subDate subtractDays subtractHours subtractInterval subtractMicroseconds
    subtractMilliseconds subtractMinutes subtractMonths subtractNanoseconds subtractQuarters subtractSeconds
    subtractTupleOfIntervals subtractWeeks subtractYears timeDiff timeSlot timeSlots timestamp timezoneOf
    timezoneOffset today toDayOfMonth toDayOfWeek toDayOfYear toDaysInMonth toDaysSinceYearZero toHour toISOWeek
    toISOYear toLastDayOfMonth toLastDayOfWeek toMicrosecond toMillisecond toMinute toModifiedJulianDay
    toModifiedJulianDayOrNull toMonday toMonth toMonthNumSinceEpoch toNanosecond toQuarter toRelativeDayNum
    toRelativeHourNum toRelativeMinuteNum toRelativeMonthNum toRelativeQuarterNum toRelativeSecondNum
    toRelativeWeekNum toRelativeYearNum toSecond toStartOfDay toStartOfFifteenMinutes toStartOfFiveMinutes
    toStartOfHour toStartOfInterval toStartOfISOYear toStartOfMicrosecond toStartOfMillisecond toStartOfMinute
    toStartOfMonth toStartOfNanosecond toStartOfQuarter toStartOfSecond toStartOfTenMinutes toStartOfWeek
    toStartOfYear toTimeWithFixedDate toTimezone toUnixTimestamp toUTCTimestamp toWeek toYear
    toYearNumSinceEpoch toYearWeek toYYYYMM toYYYYMMDD toYYYYMMDDhhmmss yesterday YYYYMMDDhhmmssToDateTime
    YYYYMMDDhhmmssToDateTime64 YYYYMMDDToDate YYYYMMDDToDate32
"""
_CONVERSIONS = """
    accurateCast accurateCastOrDefault accurateCastOrNull CAST DATE fromUnixTimestamp64Micro
    fromUnixTimestamp64Milli fromUnixTimestamp64Nano fromUnixTimestamp64Second identity materialize
    parseDateTime parseDateTime32BestEffort parseDateTime32BestEffortOrNull parseDateTime32BestEffortOrZero
    parseDateTime64 parseDateTime64BestEffort parseDateTime64BestEffortOrNull parseDateTime64BestEffortOrZero
    parseDateTime64BestEffortUS parseDateTime64BestEffortUSOrNull parseDateTime64BestEffortUSOrZero
    parseDateTime64OrNull parseDateTime64OrZero parseDateTimeBestEffort parseDateTimeBestEffortOrNull
    parseDateTimeBestEffortOrZero parseDateTimeBestEffortUS parseDateTimeBestEffortUSOrNull
    parseDateTimeBestEffortUSOrZero parseDateTimeInJodaSyntax parseDateTimeInJodaSyntaxOrNull
    parseDateTimeInJodaSyntaxOrZero parseDateTimeOrNull parseDateTimeOrZero toBFloat16 toBFloat16OrNull
    toBFloat16OrZero toBool toDate toDate32 toDate32OrDefault toDate32OrNull toDate32OrZero toDateOrDefault
    toDateOrNull toDateOrZero toDateTime toDateTime32 toDateTime64 toDateTime64OrDefault toDateTime64OrNull
    toDateTime64OrZero toDateTimeOrDefault toDateTimeOrNull toDateTimeOrZero toDecimal128 toDecimal128OrDefault
    toDecimal128OrNull toDecimal128OrZero toDecimal256 toDecimal256OrDefault toDecimal256OrNull
    toDecimal256OrZero toDecimal32 toDecimal32OrDefault toDecimal32OrNull toDecimal32OrZero toDecimal64
    toDecimal64OrDefault toDecimal64OrNull toDecimal64OrZero toDecimalString toFixedString toFloat32
    toFloat32OrDefault toFloat32OrNull toFloat32OrZero toFloat64 toFloat64OrDefault toFloat64OrNull
    toFloat64OrZero toInt128 toInt128OrDefault toInt128OrNull toInt128OrZero toInt16 toInt16OrDefault
    toInt16OrNull toInt16OrZero toInt256 toInt256OrDefault toInt256OrNull toInt256OrZero toInt32
    toInt32OrDefault toInt32OrNull toInt32OrZero toInt64 toInt64OrDefault toInt64OrNull toInt64OrZero toInt8
    toInt8OrDefault toInt8OrNull toInt8OrZero toInterval toIntervalDay toIntervalHour toIntervalMicrosecond
    toIntervalMillisecond toIntervalMinute toIntervalMonth toIntervalNanosecond toIntervalQuarter
    toIntervalSecond toIntervalWeek toIntervalYear toLowCardinality toString toStringCutToZero toTypeName
    toUInt128 toUInt128OrDefault toUInt128OrNull toUInt128OrZero toUInt16 toUInt16OrDefault toUInt16OrNull
    toUInt16OrZero toUInt256 toUInt256OrDefault toUInt256OrNull toUInt256OrZero toUInt32 toUInt32OrDefault
    toUInt32OrNull toUInt32OrZero toUInt64 toUInt64OrDefault toUInt64OrNull toUInt64OrZero toUInt8
    toUInt8OrDefault toUInt8OrNull toUInt8OrZero toUnixTimestamp64Micro toUnixTimestamp64Milli
    toUnixTimestamp64Nano toUnixTimestamp64Second toUUID toUUIDOrZero
"""
_STRINGS = """
    alphaTokens appendTrailingCharIfAbsent arrayStringConcat ascii bar base32Decode base32Encode base58Decode
    base58Encode base64Decode base64Encode base64URLDecode base64URLEncode basename byteHammingDistance concat
    concatAssumeInjective concatWithSeparator concatWithSeparatorAssumeInjective conv countDigits countMatches
    countMatchesCaseInsensitive countSubstrings countSubstringsCaseInsensitive
    countSubstringsCaseInsensitiveUTF8 CRC32 CRC32IEEE CRC64 decodeHTMLComponent decodeXMLComponent
    encodeXMLComponent endsWith endsWithCaseInsensitive endsWithCaseInsensitiveUTF8 endsWithUTF8 extract
    extractAll extractAllGroupsHorizontal extractAllGroupsVertical extractGroups firstLine format
    formatReadableDecimalSize formatReadableQuantity formatReadableSize formatReadableTimeDelta hasAllTokens
    hasAnyTokens hasPhrase hasSubsequence hasSubsequenceCaseInsensitive hasSubsequenceCaseInsensitiveUTF8
    hasSubsequenceUTF8 hasToken hasTokenCaseInsensitive hasTokenCaseInsensitiveOrNull hasTokenOrNull ilike
    initcap initcapUTF8 isValidASCII isValidUTF8 left leftPad leftPadUTF8 leftUTF8 lengthUTF8 like locate lower
    lowerUTF8 match matchCaseInsensitive multiSearchAllPositions multiSearchAllPositionsCaseInsensitive
    multiSearchAllPositionsCaseInsensitiveUTF8 multiSearchAllPositionsUTF8 multiSearchAny
    multiSearchAnyCaseInsensitive multiSearchAnyCaseInsensitiveUTF8 multiSearchAnyUTF8 multiSearchFirstIndex
    multiSearchFirstIndexCaseInsensitive multiSearchFirstIndexCaseInsensitiveUTF8 multiSearchFirstIndexUTF8
    multiSearchFirstPosition multiSearchFirstPositionCaseInsensitive multiSearchFirstPositionCaseInsensitiveUTF8
    multiSearchFirstPositionUTF8 ngramDistance ngramDistanceCaseInsensitive ngramDistanceCaseInsensitiveUTF8
    ngramDistanceUTF8 ngrams notILike notLike notMatch notMatchCaseInsensitive overlay overlayUTF8
    parseReadableSize parseReadableSizeOrNull parseReadableSizeOrZero parseTimeDelta position
    positionCaseInsensitive positionCaseInsensitiveUTF8 positionUTF8 printf regexpExtract regexpPosition
    regexpQuoteMeta removeDiacriticsUTF8 repeat replaceAll replaceOne replaceRegexpAll replaceRegexpOne
    reverseUTF8 right rightPad rightPadUTF8 rightUTF8 soundex splitByChar splitByNonAlpha splitByRegexp
    splitByString splitByWhitespace startsWith startsWithCaseInsensitive startsWithCaseInsensitiveUTF8
    startsWithUTF8 stringBytesEntropy stringBytesUniq stringJaccardIndex stringJaccardIndexUTF8 substring
    substringIndex substringIndexUTF8 substringUTF8 tokens toValidUTF8 translate translateUTF8 trimBoth trimLeft
    trimRight tryBase32Decode tryBase58Decode tryBase64Decode tryBase64URLDecode upper upperUTF8
"""
_JSON = """
    isValidJSON JSON_EXISTS JSON_QUERY JSON_VALUE JSONArrayLength JSONExtract JSONExtractArrayRaw
    JSONExtractArrayRawCaseInsensitive JSONExtractBool JSONExtractBoolCaseInsensitive JSONExtractCaseInsensitive
    JSONExtractFloat JSONExtractFloatCaseInsensitive JSONExtractInt JSONExtractIntCaseInsensitive
    JSONExtractKeys JSONExtractKeysAndValues JSONExtractKeysAndValuesCaseInsensitive JSONExtractKeysAndValuesRaw
    JSONExtractKeysAndValuesRawCaseInsensitive JSONExtractKeysCaseInsensitive JSONExtractRaw
    JSONExtractRawCaseInsensitive JSONExtractString JSONExtractStringCaseInsensitive JSONExtractUInt
    JSONExtractUIntCaseInsensitive JSONHas JSONLength JSONType simpleJSONExtractBool simpleJSONExtractFloat
    simpleJSONExtractInt simpleJSONExtractRaw simpleJSONExtractString simpleJSONExtractUInt simpleJSONHas
    toJSONString
"""
_CODES = """
    bin bitmaskToArray bitmaskToList bitPositionsToArray char cityHash64 cutFragment cutIPv6 cutQueryString
    cutQueryStringAndFragment cutToFirstSignificantSubdomain cutToFirstSignificantSubdomainRFC
    cutToFirstSignificantSubdomainWithWWW cutToFirstSignificantSubdomainWithWWWRFC cutURLParameter cutWWW
    decodeURLComponent decodeURLFormComponent domain domainRFC domainWithoutWWW domainWithoutWWWRFC
    encodeURLComponent encodeURLFormComponent extractURLParameter extractURLParameterNames extractURLParameters
    farmHash64 firstSignificantSubdomain firstSignificantSubdomainRFC fragment geoDistance geohashDecode
    geohashEncode greatCircleAngle greatCircleDistance halfMD5 hex intHash32 intHash64 IPv4CIDRToRange
    IPv4NumToString IPv4NumToStringClassC IPv4StringToNum IPv4StringToNumOrDefault IPv4StringToNumOrNull
    IPv4ToIPv6 IPv6CIDRToRange IPv6NumToString IPv6StringToNum IPv6StringToNumOrDefault IPv6StringToNumOrNull
    isIPAddressInRange isIPv4String isIPv6String javaHash jumpConsistentHash MD5 metroHash64 murmurHash2_64
    murmurHash3_128 murmurHash3_32 murmurHash3_64 netloc path pathFull pointInPolygon port portRFC protocol
    queryString queryStringAndFragment SHA1 SHA224 SHA256 SHA512 sipHash128 sipHash64 snowflakeIDToDateTime
    snowflakeIDToDateTime64 toIPv4 toIPv4OrDefault toIPv4OrNull toIPv4OrZero toIPv6 toIPv6OrDefault toIPv6OrNull
    toIPv6OrZero topLevelDomain topLevelDomainRFC toUUIDOrDefault toUUIDOrNull unbin unhex URLHash URLHierarchy
    URLPathHierarchy UUIDNumToString UUIDStringToNum UUIDv7ToDateTime xxh3 xxHash32 xxHash64
"""
_VECTORS = """
    cosineDistance L1Distance L1Norm L1Normalize L2Distance L2Norm L2Normalize L2SquaredDistance L2SquaredNorm
    LinfDistance LinfNorm LinfNormalize LpDistance LpNorm LpNormalize
"""
_GROUPING = """
    grouping
"""
_ALIASES = """
    array_remove array_to_string byteSlice CARDINALITY caseWithExpr caseWithoutExpr caseWithoutExpression
    ceiling CHAR_LENGTH CHARACTER_LENGTH concat_ws curdate current_date current_timestamp date_bin DATE_DIFF
    date_diff DATE_FORMAT DATE_TRUNC DAY DAYOFMONTH DAYOFWEEK DAYOFYEAR distanceCosine distanceL1 distanceL2
    distanceL2Squared distanceLinf distanceLp extractAllGroups flatten FORMAT_BYTES FROM_BASE64 FROM_DAYS
    FROM_UNIXTIME from_utc_timestamp hasAllToken hasAnyToken HOUR INET6_ATON INET6_NTOA INET_ATON INET_NTOA
    instr isASCII JSON_ARRAY_LENGTH LAST_DAY lcase ln localtimestamp lpad ltrim MAP_FROM_ARRAYS mapContains
    mapFromString matchPhrase MICROSECOND mid MILLISECOND MINUTE mismatches mod modOrNull MONTH NANOSECOND
    normalizeL1 normalizeL2 normalizeLinf normalizeLp normL1 normL2 normL2Squared normLinf normLp OCTET_LENGTH
    pmod pmodOrNull positive_modulo positive_modulo_or_null power QUARTER REGEXP_EXTRACT regexp_instr
    REGEXP_MATCHES REGEXP_REPLACE REGEXP_SUBSTR regexpInstr removeAccentsUTF8 replace rpad rtrim scalarProduct
    SECOND splitByAlpha str_to_date str_to_map substr SUBSTRING_INDEX time_bucket TIMESTAMP_DIFF timestamp_diff
    timestampDiff timeZoneOf timeZoneOffset TO_BASE64 TO_DAYS TO_UNIXTIME to_utc_timestamp toStartOfFiveMinute
    toTimeZone trim truncate ucase unnest vectorDifference vectorSum visitParamExtractBool
    visitParamExtractFloat visitParamExtractInt visitParamExtractRaw visitParamExtractString
    visitParamExtractUInt visitParamHas week width_bucket YEAR yearweek
"""
_AGGREGATES = """
    analysisOfVariance any any_respect_nulls anyHeavy anyLast anyLast_respect_nulls approx_top_k approx_top_sum
    argAndMax argAndMin argMax argMin avg avgWeighted boundingRatio contingency corr corrStable count covarPop
    covarPopStable covarSamp covarSampStable cramersV cramersVBiasCorrected cume_dist deltaSum deltaSumTimestamp
    denseRank entropy exponentialTimeDecayedAvg exponentialTimeDecayedCount exponentialTimeDecayedMax
    exponentialTimeDecayedSum groupArray groupArrayIntersect groupArrayLast groupArrayMovingAvg
    groupArrayMovingSum groupArraySorted groupBitAnd groupBitmap groupBitOr groupBitXor groupConcat
    groupUniqArray histogram intervalLengthSum kolmogorovSmirnovTest kurtPop kurtSamp lag lagInFrame lead
    leadInFrame mannWhitneyUTest max maxIntersections maxIntersectionsPosition meanZTest min
    nonNegativeDerivative nth_value ntile percentRank quantile quantileDD quantileDeterministic quantileExact
    quantileExactExclusive quantileExactHigh quantileExactInclusive quantileExactLow quantileExactWeighted
    quantileExactWeightedInterpolated quantileGK quantileInterpolatedWeighted quantiles quantilesDD
    quantilesDeterministic quantilesExact quantilesExactExclusive quantilesExactHigh quantilesExactInclusive
    quantilesExactLow quantilesExactWeighted quantilesExactWeightedInterpolated quantilesGK
    quantilesInterpolatedWeighted quantilesTDigest quantilesTDigestWeighted quantilesTiming
    quantilesTimingWeighted quantileTDigest quantileTDigestWeighted quantileTiming quantileTimingWeighted rank
    rankCorr regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy
    retention row_number sequenceCount sequenceMatch sequenceMatchEvents sequenceNextNode simpleLinearRegression
    singleValueOrNull skewPop skewSamp sparkbar stddevPop stddevPopStable stddevSamp stddevSampStable
    studentTTest studentTTestOneSample sum sumCount sumKahan sumMapFiltered sumMappedArrays sumMapWithOverflow
    sumWithOverflow theilsU topK topKWeighted uniq uniqCombined uniqCombined64 uniqExact uniqHLL12 uniqUpTo
    varPop varPopStable varSamp varSampStable welchTTest windowFunnel
"""
_AGGREGATE_ALIASES = """
    anova any_value any_value_respect_nulls anyLastRespectNulls anyRespectNulls anyValueRespectNulls
    approx_top_count array_agg BIT_AND BIT_OR BIT_XOR COVAR_POP COVAR_SAMP dense_rank first_value
    first_value_respect_nulls firstValueRespectNulls group_concat last_value last_value_respect_nulls
    lastValueRespectNulls max_by median medianDD medianDeterministic medianExact medianExactHigh medianExactLow
    medianExactWeighted medianExactWeightedInterpolated medianGK medianInterpolatedWeighted medianTDigest
    medianTDigestWeighted medianTiming medianTimingWeighted min_by percent_rank sparkBar STD STDDEV STDDEV_POP
    STDDEV_SAMP string_agg VAR_POP VAR_SAMP
"""

SCALARS = words(
    _NUMBERS,
    _CONDITIONS,
    _ARRAYS,
    _TUPLES_AND_MAPS,
    _DATES,
    _CONVERSIONS,
    _STRINGS,
    _JSON,
    _CODES,
    _VECTORS,
    _GROUPING,
    _ALIASES,
)
AGGREGATES = words(_AGGREGATES, _AGGREGATE_ALIASES)
# -State, -Merge and their kin are left out: a state is raw memory of the engine, read and written as bytes. -Resample
# lets one call ask for any number of states.
COMBINATORS = ("If", "Array", "Distinct", "OrDefault", "OrNull", "Map", "ForEach", "ArgMin", "ArgMax")

_SCALARS_LOWER = frozenset(name.lower() for name in SCALARS)
_AGGREGATES_LOWER = frozenset(name.lower() for name in AGGREGATES)

# Whose second, or last, argument names a type: there the type is held to a list as well.
TYPE_ARGUMENT = {"cast": 1, "accuratecast": 1, "accuratecastornull": 1, "accuratecastordefault": 1}
TYPE_ARGUMENT |= {
    name.lower(): -1
    for name in SCALARS
    if name.removesuffix("CaseInsensitive") in {"JSONExtract", "JSONExtractKeysAndValues"}
}
MEMBERSHIP = frozenset({"in", "notin", "nullin", "notnullin"})

_READS_OUTSIDE = words(
    "file url s3 hdfs remote remotesecure cluster clusterallreplicas mysql postgresql sqlite mongodb redis jdbc odbc "
    "executable input merge joinget joingetornull iceberg deltalake hudi azureblobstorage gcs arrowflight"
)
_MAKES_ROWS = words("numbers numbers_mt zeros zeros_mt generateseries generate_series primes values view loop")
_WHY_BY_START = (
    ("dictget", "dictionaries cannot be read"),
    ("dicthas", "dictionaries cannot be read"),
    ("rand", "its answer differs each time"),
    ("generateuuid", "its answer differs each time"),
    ("generateulid", "its answer differs each time"),
    ("generatesnowflake", "its answer differs each time"),
    ("generateserial", "its answer differs each time"),
    ("generaterandom", "its answer differs each time"),
    ("sleep", "it only takes time"),
    ("current", "it tells of the server, not of your events"),
    ("getsetting", "it tells of the server, not of your events"),
    ("getserver", "it tells of the server, not of your events"),
    ("getmacro", "it tells of the server, not of your events"),
    ("filesystem", "it tells of the server, not of your events"),
    ("system", "it tells of the server, not of your events"),
    ("hostname", "it tells of the server, not of your events"),
    ("version", "it tells of the server, not of your events"),
    ("uptime", "it tells of the server, not of your events"),
    ("throwif", "it does nothing but fail"),
)


def is_allowed(name: str) -> bool:
    """Tell whether a function, by any of its names and with aggregate combinators, may be called."""
    return name.lower() in _SCALARS_LOWER or _is_aggregate(name)


def why_not(name: str) -> str:
    """Return the reason for refusing a function, as the end of a sentence about it."""
    lower = name.lower()
    if lower in _READS_OUTSIDE:
        return "it reads or writes outside of the event store"
    if lower in _MAKES_ROWS:
        return "it makes a table; for a series of numbers use arrayJoin(range(…))"
    if _is_aggregate(_without_state(name)) and _without_state(name) != name:
        return "the combinators -State, -Merge and -Resample are not available"
    return next((why for start, why in _WHY_BY_START if lower.startswith(start)), "it is not on the list of functions")


def _is_aggregate(name: str) -> bool:
    """Strip combinators off the end until an aggregate function is left, or nothing to strip."""
    if name.lower() in _AGGREGATES_LOWER:
        return True
    return any(name.endswith(suffix) and _is_aggregate(name[: -len(suffix)]) for suffix in COMBINATORS)


def _without_state(name: str) -> str:
    for suffix in ("SimpleState", "MergeState", "State", "Merge", "Resample"):
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name
